#!/usr/libexec/skjob/skjob-pod
#SKJOB v1 completionMode=NonIndexed
#SBATCH --job-name=placement
#SBATCH --array=0
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --partition=large
#SBATCH --exclusive
#SBATCH --constraint=a100
#SBATCH --exclude=bad1,bad2
#SBATCH --qos=urgent
#SBATCH --gres=fpga:2
apiVersion: batch/v1
kind: Job
metadata:
  name: placement
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
      affinity:
        nodeAffinity:
          preferredDuringSchedulingIgnoredDuringExecution:
          - preference:
              matchExpressions:
              - key: zone
                operator: In
                values:
                - a
            weight: 10
          requiredDuringSchedulingIgnoredDuringExecution:
            nodeSelectorTerms:
            - matchExpressions:
              - key: gpu-type
                operator: In
                values:
                - a100
              - key: kubernetes.io/hostname
                operator: NotIn
                values:
                - bad1
                - bad2
              - key: cores
                operator: Gt
                values:
                - "32"
        podAntiAffinity:
          requiredDuringSchedulingIgnoredDuringExecution:
          - labelSelector:
              matchLabels:
                app: placement
            topologyKey: kubernetes.io/hostname
      containers:
      - command:
        - "true"
        image: busybox
        imagePullPolicy: Always
        name: main
        resources:
          limits:
            example.com/fpga: "2"
        terminationMessagePath: /dev/termination-log
        terminationMessagePolicy: File
      dnsPolicy: ClusterFirst
      nodeSelector:
        disk: ssd
        kubernetes.io/arch: amd64
        pool: large
      priorityClassName: urgent
      restartPolicy: Never
      runtimeClassName: gvisor
      schedulerName: default-scheduler
      securityContext: {}
      terminationGracePeriodSeconds: 30
      tolerations:
      - effect: NoSchedule
        key: dedicated
        value: ml
      - key: node.kubernetes.io/unreachable
        operator: Exists
