#!/usr/libexec/skjob/skjob-pod
#SKJOB v1 completionMode=NonIndexed
#SBATCH --job-name=resources
#SBATCH --array=0
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --cpus-per-task=2
#SBATCH --mem=100M
#SBATCH --tmp=1M
apiVersion: batch/v1
kind: Job
metadata:
  name: resources
spec:
  backoffLimit: 6
  completionMode: NonIndexed
  completions: 1
  manualSelector: false
  parallelism: 1
  podReplacementPolicy: TerminatingOrFailed
  suspend: false
  template:
    metadata: {}
    spec:
      containers:
      - command:
        - sh
        - -c
        - exit 0
        image: busybox:1.36
        imagePullPolicy: IfNotPresent
        name: main
        resources:
          limits:
            cpu: "2"
            hugepages-2Mi: 2Mi
            memory: 1G
          requests:
            cpu: 1500m
            ephemeral-storage: 1M
            hugepages-2Mi: 2Mi
            memory: 100Mi
        terminationMessagePath: /dev/termination-log
        terminationMessagePolicy: File
      dnsPolicy: ClusterFirst
      restartPolicy: Never
      schedulerName: default-scheduler
      securityContext: {}
      terminationGracePeriodSeconds: 30
