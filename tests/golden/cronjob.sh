#!/usr/libexec/skjob/skjob-pod
# The Job of CronJob nightly, once. skjob create gives the CronJob a clock: the Slurm job
# cronjob/nightly, which creates such a Job at each time of its schedule.
#SKJOB v1 completionMode=Indexed
#SBATCH --job-name=nightly
#SBATCH --array=0-3%2
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --nice=3
apiVersion: batch/v1
kind: Job
metadata:
  labels:
    kind: report
  name: nightly
spec:
  backoffLimit: 6
  completionMode: Indexed
  completions: 4
  manualSelector: false
  parallelism: 2
  podReplacementPolicy: Failed
  suspend: false
  template:
    metadata: {}
    spec:
      containers:
      - command:
        - sh
        - -c
        - echo $JOB_COMPLETION_INDEX
        image: busybox
        imagePullPolicy: Always
        name: main
        resources: {}
        terminationMessagePath: /dev/termination-log
        terminationMessagePolicy: File
      dnsPolicy: ClusterFirst
      priorityClassName: low
      restartPolicy: Never
      schedulerName: default-scheduler
      securityContext: {}
      terminationGracePeriodSeconds: 30
